require('./calls.cjs').everyCall('the third file')

require('./calls.cjs').everyCall('the first file')

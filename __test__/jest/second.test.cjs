require('./calls.cjs').everyCall('the second file')

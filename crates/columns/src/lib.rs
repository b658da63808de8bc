//! dtype schemas, their memory layout, and writing one bin value into its cell.

"""Long tables in: CSV, TSV, Excel, Parquet; which column is what; rows to contrasts."""

"""Results to tables and documents, one module per format."""

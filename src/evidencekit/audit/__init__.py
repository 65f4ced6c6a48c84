"""The audit: articles and bibliographies to references, citation marks and findings."""

"""A server on the loopback that answers like the real services, faults included.

Every body is synthetic: written for this project, of the shape the services send.
"""

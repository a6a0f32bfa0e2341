"""What people drop on the desk: read, told what it means, and applied when they say so."""

"""What people see: pages, letters' landing places and the API over HTTP."""

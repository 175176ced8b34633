"""The tasks of a plan as offices keep them in an Excel ledger: checked, written into definitions, how they stand."""

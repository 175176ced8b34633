"""The promises tried from outside, as a new user would."""

"""What the tests of terraform/ are made of: HCL, the provider's schema, and rules over both."""

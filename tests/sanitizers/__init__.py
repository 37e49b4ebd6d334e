"""The scanner in C under AddressSanitizer and UndefinedBehaviorSanitizer."""

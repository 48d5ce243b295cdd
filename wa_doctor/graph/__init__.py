"""The Graph API: one client, the answers it gives, and what can be read from them."""

"""Rules for docker-compose.yml; each returns what is wrong, in words."""

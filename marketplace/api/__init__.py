"""What other programs read: the JSON interface, feeds, the sitemap, and facts for search engines.

All of it is read-only and shows what a visitor's page shows, contacts left out.
"""

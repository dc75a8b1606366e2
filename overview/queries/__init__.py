"""Page-shaped reads that span apps: public pages, home, the staff pages."""

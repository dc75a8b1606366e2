app_name = "actionitems"
urlpatterns: list = []

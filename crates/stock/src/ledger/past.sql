select $1 > clock_timestamp(), $1 < clock_timestamp() - make_interval(days => backdate_limit_days),
       case when $1 < books_closed_until then books_closed_until end
from settings

"""What happens between an API's answer and a committed MySQL transaction.

Plain functions over the feed's spec: NiFi's Python processors (nifi/extensions) are thin shells
around them, and whoever rebuilds tables from the raw zone uses the same ones. They run inside
NiFi's Python, so they need the standard library, `jmespath`, `pymysql` and `headwater.feed` only.
"""

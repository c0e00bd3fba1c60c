variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the alarms' topic."
  type        = string
}

variable "mail" {
  description = "Who is told."
  type        = string
}

variable "budget" {
  description = "Monthly cost in USD at whose 80 % (actual) and 100 % (forecast) a mail is sent."
  type        = number
}

variable "watched" {
  description = "Names of what is watched."
  type = object({
    mysql         = string
    kafka         = string
    brokers       = number
    connector     = string
    application   = string
    cluster       = string
    nifi          = string
    superset      = string
    streaming_log = string
  })
}

variable "limits" {
  description = "Seconds and changes that the lake may be behind, GB of MySQL's disk that must stay free."
  type = object({
    freshness_s  = number
    pending      = number
    mysql_free_g = number
  })
  default = {
    freshness_s  = 300
    pending      = 1000000
    mysql_free_g = 10
  }
}

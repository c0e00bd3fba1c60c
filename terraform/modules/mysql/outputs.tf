output "identifier" {
  description = "The instance."
  value       = aws_db_instance.this.identifier
}

output "host" {
  description = "Its address."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "Its port."
  value       = aws_db_instance.this.port
}

output "admin_secret_arn" {
  description = "The administrator's user name and password, kept by RDS."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

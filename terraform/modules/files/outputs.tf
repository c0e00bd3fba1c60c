output "arn" {
  description = "The file system's ARN."
  value       = aws_efs_file_system.this.arn
}

output "id" {
  description = "The file system; its mount targets are there, too."
  value       = aws_efs_file_system.this.id
  depends_on  = [aws_efs_mount_target.this]
}

output "access_point" {
  description = "NiFi's folder."
  value       = aws_efs_access_point.this.id
}

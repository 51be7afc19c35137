namespace Rekey.AspNetCore.AccessLogs;

/// <summary>A target of the access log will never take these rows.</summary>
public sealed class RowsRefusedException(string message) : Exception(message);

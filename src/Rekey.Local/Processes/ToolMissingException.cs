namespace Rekey.Local.Processes;

/// <summary>A program that Rekey.Local starts is not installed, or too old. The message says what to install.</summary>
internal sealed class ToolMissingException(string message) : Exception(message);

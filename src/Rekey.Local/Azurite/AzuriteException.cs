namespace Rekey.Local.Azurite;

/// <summary>Azurite could not be installed or did not start; the message holds its output.</summary>
internal sealed class AzuriteException(string message) : Exception(message);

namespace Rekey.Local.Identity;

/// <summary>Audiences that Azure itself defines.</summary>
internal static class Audiences
{
    public const string KeyVault = "https://vault.azure.net";
    public const string Graph = "https://graph.microsoft.com";
    public const string Storage = "https://storage.azure.com";
    public const string ResourceManager = "https://management.azure.com";
    public const string LogAnalytics = "https://api.loganalytics.io";
}

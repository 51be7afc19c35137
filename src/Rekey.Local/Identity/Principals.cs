namespace Rekey.Local.Identity;

/// <summary>A managed identity of the function app.</summary>
/// <param name="ClientId">Its application (client) id.</param>
/// <param name="ObjectId">Object id of its service principal: the <c>oid</c> in tokens, and who role assignments name.</param>
/// <param name="Roles">App roles per resource, such as <c>User.Read.All</c> on Graph.</param>
public sealed record ManagedIdentity(string ClientId, string ObjectId, IReadOnlyDictionary<string, string[]>? Roles = null);

/// <summary>An application that signs in with a secret: a gateway, an issuer, an operator's tool, an approver.</summary>
/// <param name="ClientId">Its application (client) id.</param>
/// <param name="Secret">Its client secret. Local only; never one of a real tenant.</param>
/// <param name="ObjectId">Object id of its service principal.</param>
/// <param name="Roles">App roles per audience.</param>
public sealed record RegisteredClient(string ClientId, string Secret, string ObjectId, IReadOnlyDictionary<string, string[]>? Roles = null)
{
    /// <inheritdoc />
    public override string ToString() => $"RegisteredClient {{ ClientId = {ClientId}, ObjectId = {ObjectId} }}"; // no secret in a log
}

/// <summary>Audiences that Azure itself defines.</summary>
public static class Audiences
{
    public const string KeyVault = "https://vault.azure.net";
    public const string Graph = "https://graph.microsoft.com";
    public const string Storage = "https://storage.azure.com";
    public const string ResourceManager = "https://management.azure.com";
    public const string LogAnalytics = "https://api.loganalytics.io";
}

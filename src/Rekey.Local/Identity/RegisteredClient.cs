namespace Rekey.Local.Identity;

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

namespace Rekey.Local.Identity;

/// <summary>A managed identity of the function app.</summary>
/// <param name="ClientId">Its application (client) id.</param>
/// <param name="ObjectId">Object id of its service principal: the <c>oid</c> in tokens, and who role assignments name.</param>
/// <param name="Roles">App roles per resource, such as <c>User.Read.All</c> on Graph.</param>
public sealed record ManagedIdentity(string ClientId, string ObjectId, IReadOnlyDictionary<string, string[]>? Roles = null);

namespace Rekey.Trust;

/// <summary>A vault key whose versions sign tokens.</summary>
/// <param name="VaultUri">The vault, such as <c>https://kv-prod-01.vault.azure.net</c>.</param>
/// <param name="Name">The key's name, 1 to 127 of <c>[0-9a-zA-Z-]</c>; vault and name compare without case.</param>
public sealed record SigningKey(Uri VaultUri, string Name)
{
    /// <summary>The id in tables, queues and the ledger: authority and name in lower case.</summary>
    public string Id => $"{VaultUri.Authority}/{Name}".ToLowerInvariant();

    /// <summary>The id in a form that a table row or a blob name may hold.</summary>
    public string Row => RowOf(Id);

    /// <summary>The row of the key with this id.</summary>
    public static string RowOf(string keyId) => keyId.Replace('/', '~').Replace(':', '_');

    public bool Equals(SigningKey? other) => other is not null && string.Equals(Id, other.Id, StringComparison.Ordinal);

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Id;
}

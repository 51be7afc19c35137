namespace Rekey.VaultAccess.Reading;

/// <summary>One entry of a vault's access policies.</summary>
/// <param name="ApplicationId">The application, if the policy only counts through it.</param>
/// <param name="Certificates">Permissions by name, such as <c>get</c> or <c>all</c>.</param>
public sealed record AccessPolicy(
    string ObjectId,
    string? ApplicationId,
    IReadOnlyList<string> Keys,
    IReadOnlyList<string> Secrets,
    IReadOnlyList<string> Certificates
)
{
    /// <summary>Permissions on managed storage accounts, by name.</summary>
    public IReadOnlyList<string> Storage { get; init; } = [];
}

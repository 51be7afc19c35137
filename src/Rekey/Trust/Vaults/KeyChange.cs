namespace Rekey.Trust.Vaults;

/// <summary>A change of a version's attributes; null leaves a member as it is.</summary>
public sealed record KeyChange(
    bool? Enabled = null,
    IReadOnlyList<string>? Operations = null,
    IReadOnlyDictionary<string, string>? Tags = null
);

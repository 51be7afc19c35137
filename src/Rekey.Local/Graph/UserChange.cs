namespace Rekey.Local.Graph;

/// <summary>A change of a user, as users/delta keeps it.</summary>
/// <param name="IsRestored">Whether the user was added or restored: then every property counts as changed.</param>
/// <param name="EnabledChanged">Whether <c>accountEnabled</c> changed.</param>
internal sealed record UserChange(string Id, bool IsRestored, bool EnabledChanged);

namespace Rekey.Exposures.Audit;

/// <summary>A change in the directory, from its audit log. All texts are lower case, and empty where the row has none.</summary>
/// <param name="Operation">Such as <c>add service principal credentials</c>.</param>
/// <param name="Actor">Object id of the person who made it.</param>
/// <param name="Target0">Object id of the first target.</param>
/// <param name="Target1">Object id of the second target.</param>
/// <param name="AppId">The application id among its details.</param>
/// <param name="At">The last such change.</param>
public sealed record DirectoryChange(string Operation, string Actor, string Target0, string Target1, string AppId, DateTimeOffset At)
{
    /// <summary>Whether the actor added or changed a credential of the target.</summary>
    public bool IsCredential =>
        Operation.Contains("credential", StringComparison.Ordinal)
        || Operation.Contains("certificates and secrets", StringComparison.Ordinal);

    /// <summary>Whether an owner was added.</summary>
    public bool IsOwner => Operation.StartsWith("add owner to", StringComparison.Ordinal);
}

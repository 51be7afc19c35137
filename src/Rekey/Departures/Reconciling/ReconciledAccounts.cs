using Rekey.Core.Records;

namespace Rekey.Departures.Reconciling;

/// <summary>The ledger's record of what reconciliation knows. The content is a file of <see cref="Sources.IAccountSnapshots"/>.</summary>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
public sealed record ReconciledAccounts(string TenantId, string Sha256) : IRecord
{
    /// <summary>The partition of these records.</summary>
    public const string Place = "accounts";

    public static int SchemaVersion => 1;

    public string Partition => Place;

    public string Row => TenantId;
}

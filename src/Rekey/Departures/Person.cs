using Rekey.Core.Records;

namespace Rekey.Departures;

/// <summary>A person's record: how often they have come back after a departure.</summary>
/// <param name="Epoch">Counts from 1; moves only when the person is seen enabled again after a departure.</param>
public sealed record Person(string TenantId, string PersonId, int Epoch) : IRecord
{
    /// <summary>What the audit logs of the directory say about the account; null when they were not read.</summary>
    public AuditedStanding? Audited { get; init; }

    public static int SchemaVersion => 1;

    public string Partition => "person";

    public string Row => RowOf(TenantId, PersonId);

    public static string RowOf(string tenantId, string personId) => $"{tenantId}~{personId}".ToLowerInvariant();
}

namespace Rekey.Exposures;

/// <summary>Settings for the assessment of exposed keys.</summary>
public sealed class ExposureOptions
{
    /// <summary>
    /// Whether a departed person counts as having taken a key that they could have used, unless the audit log proves that it never left
    /// its vault. If so, such a key is rotated at once, otherwise gracefully.
    /// </summary>
    /// <remarks>True by default: without proof, the key may be out. A key that can leave its vault is rotated at once in any
    /// case.</remarks>
    public bool AssumeExtractable { get; set; } = true;

    /// <summary>How far back the audit logs of vaults and of the directory are read.</summary>
    /// <remarks>
    /// Default 400 days: longer than the year that key versions and vault logs are usually kept. The log's own retention bounds it too. A
    /// version that is older than this counts as unproven.
    /// </remarks>
    public TimeSpan AuditLookBack { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Returns every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (AuditLookBack < TimeSpan.FromDays(1) || AuditLookBack > TimeSpan.FromDays(4383))
        {
            yield return "Exposures:AuditLookBack must be between 1 day and 4383 days, the longest retention of a workspace.";
        }
    }
}

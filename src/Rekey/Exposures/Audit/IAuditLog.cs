using Rekey.Core;

namespace Rekey.Exposures.Audit;

/// <summary>The audit log of the vaults, and of the directory, with an engine that answers questions over it.</summary>
/// <remarks>
/// Every method throws <see cref="RetryLaterException"/> when the engine cannot be reached or its answer is incomplete, and
/// <see cref="CannotContinueException"/> when it refuses: a smaller answer is never returned as a whole one.
/// </remarks>
public interface IAuditLog
{
    /// <summary>
    /// The successful operations on these keys that use or take key material, of the principals that are asked about; and, of everyone,
    /// those that show how a version was made and whether it left the vault.
    /// </summary>
    Task<AuditAnswer<AuditedUse>> UsesAsync(AuditQuestion question, CancellationToken cancellationToken);

    /// <summary>The times in which the log of each vault has no row of any kind for longer than <paramref name="maxPause"/>, and the times
    /// before its first and after its last row.</summary>
    /// <param name="vaults">Host names, lower case.</param>
    Task<AuditAnswer<AuditSilence>> SilencesAsync(
        IReadOnlyCollection<string> vaults,
        DateTimeOffset since,
        TimeSpan maxPause,
        CancellationToken cancellationToken
    );

    /// <summary>The changes in the directory that a person made, or that are about them.</summary>
    Task<AuditAnswer<DirectoryChange>> ChangesAsync(string personId, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>What these principals did, by the rows that arrived since a time: the same row may be read again. A person's sign-in, an
    /// application's, a change of credentials, and every operation on a vault.</summary>
    /// <param name="principals">Object ids and application ids, lower case.</param>
    Task<AuditAnswer<LeaverAct>> ActsAsync(
        IReadOnlyCollection<string> principals,
        DateTimeOffset arrivedSince,
        CancellationToken cancellationToken
    );

    /// <summary>The last row of each log that has one since a time.</summary>
    Task<AuditAnswer<LastRow>> LastRowsAsync(DateTimeOffset since, CancellationToken cancellationToken);
}

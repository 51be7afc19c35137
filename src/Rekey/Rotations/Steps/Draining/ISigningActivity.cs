using Rekey.Core;
using Rekey.Trust;

namespace Rekey.Rotations.Steps.Draining;

/// <summary>Reads a log that shows which versions sign: the issuer's log of issuances, or the vault's audit log.</summary>
public interface ISigningActivity
{
    /// <summary>What a person can do so that this log answers, in a sentence.</summary>
    string WouldHelp { get; }

    /// <summary>Whether any of these versions was used from that time on, by the events' own time.</summary>
    /// <remarks>
    /// <para><see cref="SigningActivity.Some"/>: an issuance or a KeySign under one of the versions, at or after <paramref name="since"/>,
    /// has arrived. This takes precedence: one row is proof, however many gaps the log has, and however young the row is.</para>
    /// <para><see cref="SigningActivity.None"/>: none has arrived, and the log is complete from <paramref name="since"/> up to
    /// <c>LogLag</c> ago. That means: the issuer logged rows, of any kid, in the last two <c>LogLag</c>; no instance has a gap, or is
    /// silent, after <paramref name="since"/>; and gaps were checked since <c>LogLag</c> ago. A query that merely returns no rows is no
    /// proof. Logs younger than <c>LogLag</c> need not be complete: the caller asks about a window that ends there, once a whole
    /// <c>LogLag</c> can have passed; before that it only asks whether the log can answer at all.</para>
    /// <para><see cref="SigningActivity.Unknown"/>: everything else. Without versions: <see cref="SigningActivity.None"/>.</para>
    /// </remarks>
    /// <param name="versions">
    /// The vault's versions, 32 hex digits; with <c>KidForm.Thumbprint</c> the issuances bear their thumbprints as kid.
    /// </param>
    /// <param name="since">Never in the future.</param>
    /// <exception cref="RetryLaterException">The log cannot be reached now, or was not judged far enough yet.</exception>
    Task<SigningActivity> SinceAsync(
        SigningKey key,
        IReadOnlyList<string> versions,
        DateTimeOffset since,
        CancellationToken cancellationToken
    );
}

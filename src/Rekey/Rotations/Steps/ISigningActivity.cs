using Rekey.Core;
using Rekey.Trust;

namespace Rekey.Rotations.Steps;

/// <summary>Looks into the log of issuances, by kid. The vault's own log of KeySign operations is not read yet.</summary>
public interface ISigningActivity
{
    /// <summary>Whether any of these versions was used from that time on, by the events' own time.</summary>
    /// <remarks>
    /// <para><see cref="SigningActivity.Some"/>: an issuance under the kid of one of the versions, at or after <paramref name="since"/>,
    /// has arrived. This goes before everything else: one row is proof, however many holes the log has, and however young the row
    /// is.</para>
    /// <para><see cref="SigningActivity.None"/>: none has arrived, and the log is known to be whole from <paramref name="since"/> up to
    /// <c>LogLag</c> ago: the issuer has been heard of in the last two <c>LogLag</c>, by rows of any kid; none of its instances has a gap,
    /// or is silent, after <paramref name="since"/>; and gaps were looked for since <c>LogLag</c> ago. A query that merely returns no rows
    /// is not that. Of what is younger than <c>LogLag</c> nothing need be known: the caller asks about a window that ends there, once one
    /// of a whole <c>LogLag</c> can have passed; before that its only question is whether the log can tell at all.</para>
    /// <para><see cref="SigningActivity.Unknown"/>: everything else. No versions at all are <see cref="SigningActivity.None"/>.</para>
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

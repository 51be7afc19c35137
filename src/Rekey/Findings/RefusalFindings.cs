using Rekey.Core;

namespace Rekey.Findings;

/// <summary>Builds findings about work that a service or a setting refuses, and that only people can make possible.</summary>
public static class RefusalFindings
{
    /// <summary>
    /// Builds the finding about a refusal that only people can resolve, such as an unreadable row or a vault that denies access.
    /// </summary>
    /// <param name="what">
    /// What could not be done. It identifies the finding together with the reason; the message may differ each time.
    /// </param>
    public static Finding CannotContinue(string what, CannotContinueException refusal, DateTimeOffset now) =>
        new(
            FindingKinds.CannotContinue,
            AboutOf(what) + refusal.Reason,
            Severity.High,
            refusal.Message,
            refusal.Remedy,
            Facts.Of(("reason", refusal.Reason)),
            now,
            now
        );

    /// <summary>
    /// Does one part of a loop, and reports a refusal. Success, or a refusal for another reason, closes earlier findings, so that the
    /// same refusal is reported again next time.
    /// </summary>
    /// <param name="what">Names the part, the same each time.</param>
    /// <returns>The refusal; null when it was done.</returns>
    public static async Task<CannotContinueException?> ReportRefusalAsync(
        this IFindings findings,
        string what,
        Func<CancellationToken, Task> act,
        TimeProvider timeProvider,
        CancellationToken cancellationToken
    )
    {
        CannotContinueException? refused = null;
        try
        {
            await act(cancellationToken);
        }
        catch (CannotContinueException e)
        {
            refused = e;
        }

        await findings.ReportAsync(what, refused, timeProvider, cancellationToken);
        return refused;
    }

    /// <param name="refused">Why it was refused; null when it was done.</param>
    public static async Task ReportAsync(
        this IFindings findings,
        string what,
        CannotContinueException? refused,
        TimeProvider timeProvider,
        CancellationToken cancellationToken
    )
    {
        var finding = refused is null ? null : CannotContinue(what, refused, timeProvider.GetUtcNow());
        if (finding is not null)
        {
            await findings.RaiseAsync(finding, cancellationToken);
        }

        await findings.CloseOthersAsync(
            FindingKinds.CannotContinue,
            AboutOf(what),
            finding is null ? [] : [finding.Id],
            "It was done since, or is refused for another reason.",
            cancellationToken
        );
    }

    private static string AboutOf(string what) => $"{what}: ";
}

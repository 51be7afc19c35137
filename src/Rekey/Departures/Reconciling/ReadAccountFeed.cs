using Rekey.Core;
using Rekey.Departures.Reconciling.Sources;

namespace Rekey.Departures.Reconciling;

/// <summary>Reads the accounts of the directory page by page: they are the truth about who is closed now.</summary>
public sealed class ReadAccountFeed(
    IAccountFeed feed,
    CompareAccounts compare,
    ReadChangedAccounts readChanged,
    KeepAccounts keep,
    TimeProvider timeProvider
)
{
    /// <summary>How many pages are read between two saves: what a dead process reads again.</summary>
    private const int PagesBetweenSaves = 25;

    /// <summary>Reads pages until the last one.</summary>
    public async Task RunAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        await readChanged.RunAsync(known, cancellationToken);
        var hasRestarted = false;
        for (var pages = 1; ; pages++)
        {
            known.BeganAt ??= timeProvider.GetUtcNow();
            var page =
                known.Stage is PassStage.Deleted
                    ? await feed.ReadDeletedAsync(known.Link, cancellationToken)
                    : await feed.ReadChangesAsync(known.Link, cancellationToken);
            if (page is null)
            {
                // The link expired or is not Graph's: everything is read again. What is known about closed accounts stays.
                Restart(known, hasRestarted);
                hasRestarted = true;
                continue;
            }

            known.IsChanged |= known.Stage is not PassStage.Changes;
            await compare.TakeAsync(known, page.Rows, cancellationToken);
            await readChanged.RunAsync(known, cancellationToken);
            if (IsLast(known, page))
            {
                return;
            }

            if (pages % PagesBetweenSaves == 0)
            {
                await keep.SaveAsync(known, cancellationToken);
            }
        }
    }

    private static void Restart(KnownAccounts known, bool hasRestarted)
    {
        if (hasRestarted || known.Link is null)
        {
            throw new RetryLaterException("The directory does not accept the links that it gave.");
        }

        if (known.Stage is PassStage.Deleted)
        {
            known.Link = null;
        }
        else
        {
            known.ReadAll();
        }
    }

    /// <summary>Moves to the next page or stage; true when there are no later changes. Those during a pass over all accounts come after
    /// it.</summary>
    private bool IsLast(KnownAccounts known, AccountPage page)
    {
        if (page.Next is { } next)
        {
            known.Link = next;
            return false;
        }

        if (known.Stage is PassStage.All)
        {
            (known.Stage, known.Link, known.LaterLink) = (PassStage.Deleted, null, page.Delta);
            return false;
        }

        if (known.Stage is PassStage.Deleted)
        {
            known.EndAll();
            (known.Stage, known.Link, known.LaterLink) = (PassStage.Changes, known.LaterLink, null);
            known.FirstAt ??= timeProvider.GetUtcNow();
            (known.Since, known.BeganAt) = (known.BeganAt, null);
            return false;
        }

        (known.Link, known.Since, known.BeganAt) = (page.Delta, known.BeganAt, null);
        return true;
    }
}

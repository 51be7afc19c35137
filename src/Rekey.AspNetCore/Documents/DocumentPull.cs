using Rekey.Trust.Documents;

namespace Rekey.AspNetCore.Documents;

/// <summary>Pulls a document from the mirror or the app, with the ETag of the copy that is held.</summary>
/// <param name="pulled">Hears the document's name and whether a pull succeeded.</param>
internal sealed class DocumentPull(DocumentDownload download, PullOptions options, Action<string, bool> pulled)
{
    private readonly Dictionary<Uri, string> _etags = [];

    /// <summary>Pulls one list; says what went wrong. Calls come one after another.</summary>
    /// <param name="path">Its path at the app.</param>
    /// <param name="isFirst">Whether the caller has no memory of this list.</param>
    /// <param name="accept">Takes the list over, or says why not.</param>
    public async Task<string?> PullAsync(
        DocumentKind kind,
        string path,
        bool isFirst,
        Func<byte[], string?> accept,
        CancellationToken cancellationToken
    )
    {
        var app = (Address: Below(options.Address!, path), options.Key);
        (Uri Address, string? Key)[] sources = options.Mirror is null || isFirst ? [app] : [(Below(options.Mirror, kind.Name), null), app];
        var failures = new List<string>();
        foreach (var (address, key) in sources)
        {
            string? why;
            try
            {
                var answer = await download.GetAsync(address, kind, key, _etags.GetValueOrDefault(address), cancellationToken);
                why = answer.Content is null ? null : accept(answer.Content);
                if (why is null && answer.Content is not null)
                {
                    Remember(answer.ETag, address, sources.Select(s => s.Address));
                }
            }
            catch (DownloadException e)
            {
                why = e.Message;
            }

            pulled(kind.Name, why is null);
            if (why is null)
            {
                return null;
            }

            failures.Add($"{kind.Name} from {address.GetLeftPart(UriPartial.Path)}: {why}");
        }

        return string.Join(' ', failures);
    }

    /// <summary>Another source may have an older list: its ETag must not pass for the one of the list that is held now.</summary>
    private void Remember(string? etag, Uri address, IEnumerable<Uri> sources)
    {
        foreach (var source in sources)
        {
            _etags.Remove(source);
        }

        if (etag is not null)
        {
            _etags[address] = etag;
        }
    }

    private static Uri Below(Uri folder, string name)
    {
        var builder = new UriBuilder(folder);
        builder.Path = builder.Path.TrimEnd('/') + "/" + name;
        return builder.Uri;
    }
}

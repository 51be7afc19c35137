namespace Rekey.AspNetCore.Documents;

/// <summary>Lists that are read from disk at the start and pulled again and again.</summary>
internal interface IPulledLists
{
    /// <summary>Reads the last good lists from disk.</summary>
    void Load();

    /// <summary>Pulls the lists. A failure keeps the held ones.</summary>
    Task PullAsync(CancellationToken cancellationToken);
}

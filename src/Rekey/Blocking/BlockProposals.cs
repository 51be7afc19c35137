using System.Text.Json;

namespace Rekey.Blocking;

/// <summary>The plans that approvers are asked about, in a file each.</summary>
public sealed class BlockProposals(IBlockFiles files)
{
    private const string Folder = "proposals/";
    private const string Ending = ".json";

    public Task KeepAsync(BlockProposal proposal, CancellationToken cancel) =>
        files.KeepAsync(FileOf(proposal.DecisionId), JsonSerializer.SerializeToUtf8Bytes(proposal, RecordJson.Options), cancel);

    /// <summary>The plan that a decision is about; null when there is none that can be read.</summary>
    public async Task<BlockProposal?> FindAsync(string decisionId, CancellationToken cancel)
    {
        try
        {
            return await files.ReadAsync(FileOf(decisionId), cancel) is { IsEmpty: false } bytes
                ? JsonSerializer.Deserialize<BlockProposal>(bytes.Span, RecordJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The decisions that there are plans for.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancel) =>
        [.. (await files.ListAsync(Folder, cancel)).Where(f => f.EndsWith(Ending, StringComparison.Ordinal)).Select(f => f[Folder.Length..^Ending.Length])];

    public Task RemoveAsync(string decisionId, CancellationToken cancel) => files.RemoveAsync(FileOf(decisionId), cancel);

    private static string FileOf(string decisionId) => $"{Folder}{decisionId}{Ending}";
}

using System.Text.Json;
using Rekey.Blocking.Record;
using Rekey.Core.Records;

namespace Rekey.Blocking.Proposals;

/// <summary>Stores the plans that approvers decide on, in a file each.</summary>
public sealed class BlockProposals(IBlockFiles files)
{
    private const string Folder = "proposals/";
    private const string Ending = ".json";

    public Task KeepAsync(BlockProposal proposal, CancellationToken cancellationToken) =>
        files.KeepAsync(FileOf(proposal.DecisionId), JsonSerializer.SerializeToUtf8Bytes(proposal, RecordJson.Options), cancellationToken);

    /// <summary>The plan of a decision; null when there is none that can be read.</summary>
    public async Task<BlockProposal?> FindAsync(string decisionId, CancellationToken cancellationToken)
    {
        try
        {
            return await files.ReadAsync(FileOf(decisionId), cancellationToken) is { IsEmpty: false } bytes
                ? JsonSerializer.Deserialize<BlockProposal>(bytes.Span, RecordJson.Options)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The ids of decisions with a plan.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        [
            .. (await files.ListAsync(Folder, cancellationToken))
                .Where(f => f.EndsWith(Ending, StringComparison.Ordinal))
                .Select(f => f[Folder.Length..^Ending.Length]),
        ];

    public Task RemoveAsync(string decisionId, CancellationToken cancellationToken) =>
        files.RemoveAsync(FileOf(decisionId), cancellationToken);

    private static string FileOf(string decisionId) => $"{Folder}{decisionId}{Ending}";
}

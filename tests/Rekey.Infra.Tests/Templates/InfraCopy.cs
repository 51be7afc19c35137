using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Templates;

/// <summary>The templates in a folder of their own, to be changed and evaluated.</summary>
internal sealed class InfraCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-infra-");

    public InfraCopy()
    {
        foreach (
            var file in Directory
                .EnumerateFiles(Bicep.Infra, "*", SearchOption.AllDirectories)
                .Where(f => !f.EndsWith(".snapshot.json", StringComparison.Ordinal))
        )
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(Bicep.Infra, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Folder => _folder.FullName;

    /// <summary>Replaces a text that stands in a file, everywhere in it.</summary>
    public async Task ChangeAsync(string file, string from, string to)
    {
        var path = Path.Combine(Folder, file);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(from, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(from, to, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    /// <summary>All of them at once: an evaluation takes seconds.</summary>
    public async Task ChangeAsync(IEnumerable<TemplateChange> changes)
    {
        foreach (var change in changes)
        {
            await ChangeAsync(change.File, change.From, change.To);
        }
    }

    /// <summary>Evaluates one of its parameter files.</summary>
    public Task<(int Exit, string Output)> EvaluateAsync(string name, string subscription = Bicep.Subscription) =>
        Bicep.SnapshotAsync(Path.Combine(Folder, $"{name}.bicepparam"), "overwrite", subscription);

    public Task<PredictedEstate> EstateAsync(string name) => PredictedEstate.ReadAsync(Path.Combine(Folder, $"{name}.snapshot.json"));

    public void Dispose() => _folder.Delete(recursive: true);
}

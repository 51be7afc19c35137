namespace Rekey.Infra.Tests;

/// <summary>The templates in a folder of their own, to be changed and evaluated.</summary>
internal sealed class InfraCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-infra-");

    public InfraCopy()
    {
        foreach (var file in Directory.EnumerateFiles(Bicep.Infra, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".snapshot.json", StringComparison.Ordinal)))
        {
            var copy = Path.Combine(_folder.FullName, Path.GetRelativePath(Bicep.Infra, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Replaces a text that stands in a file, everywhere in it.</summary>
    public async Task ChangeAsync(string file, string from, string to)
    {
        var path = Path.Combine(_folder.FullName, file);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(from, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(from, to, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    /// <summary>Adds a line to a file.</summary>
    public Task AddAsync(string file, string line) => File.AppendAllTextAsync(Path.Combine(_folder.FullName, file), line + "\n", TestContext.Current.CancellationToken);

    /// <summary>Evaluates one of its parameter files.</summary>
    public Task<(int Exit, string Output)> EvaluateAsync(string name) => Bicep.SnapshotAsync(Path.Combine(_folder.FullName, $"{name}.bicepparam"), "overwrite");

    public Task<(int Exit, string Output)> LintAsync(string file) => Bicep.RunAsync("lint", Path.Combine(_folder.FullName, file));

    public Task<Estate> EstateAsync(string name) => Estate.ReadAsync(Path.Combine(_folder.FullName, $"{name}.snapshot.json"));

    public void Dispose() => _folder.Delete(recursive: true);
}

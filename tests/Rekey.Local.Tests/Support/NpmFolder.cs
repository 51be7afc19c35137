using System.Security.Cryptography;

namespace Rekey.Local.Tests.Support;

/// <summary>Installs what a lock file says, once; test programs that start at the same time wait for each other.</summary>
internal static class NpmFolder
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static async Task InstallAsync(string folder)
    {
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"))));
        var mark = Path.Combine(folder, "node_modules", ".installed");
        await using var held = await TakeAsync(Path.Combine(folder, ".install.lock"));
        if (File.Exists(mark) && await File.ReadAllTextAsync(mark) == wanted)
        {
            return;
        }

        TestContext.Current.TestOutputHelper?.WriteLine("Installing the official Key Vault client (npm ci) …");
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var result = await TestProcess.RunAsync(npm, ["ci", "--no-fund", "--no-audit", "--ignore-scripts"], [], folder);
        Assert.True(result.ExitCode == 0, result.Output);
        await File.WriteAllTextAsync(mark, wanted);
    }

    private static async Task<FileStream> TakeAsync(string path)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), deadline.Token); // another test program installs
            }
        }
    }
}

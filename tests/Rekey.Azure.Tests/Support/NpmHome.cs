using System.Diagnostics;
using System.Security.Cryptography;

namespace Rekey.Azure.Tests.Support;

/// <summary>Installs what a lock file says into the user's cache, once; test programs that start at the same time wait for each
/// other.</summary>
internal static class NpmHome
{
    /// <param name="source">Holds package.json, package-lock.json and .npmrc.</param>
    /// <returns>The folder with node_modules in it.</returns>
    public static async Task<string> InstalledAsync(string source, string name)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))))[..16];
        var home = Path.Combine(cache, "rekey", $"{name}-{hash}");
        Directory.CreateDirectory(Path.GetDirectoryName(home)!);
        await using var alone = await LockAsync(home + ".lock");
        var done = Path.Combine(home, ".installed");
        if (File.Exists(done))
        {
            return home;
        }

        Directory.CreateDirectory(home);
        foreach (var file in (string[])["package.json", "package-lock.json", ".npmrc"])
        {
            File.Copy(Path.Combine(source, file), Path.Combine(home, file), overwrite: true);
        }

        using var npm = Process.Start(
            new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            {
                WorkingDirectory = home,
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        await npm.StandardOutput.ReadToEndAsync();
        await npm.WaitForExitAsync();
        Assert.Equal(0, npm.ExitCode);
        await File.WriteAllTextAsync(done, "");
        return home;
    }

    private static async Task<FileStream> LockAsync(string file)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (deadline.Elapsed < TimeSpan.FromMinutes(5))
            {
                await Task.Delay(200);
            }
        }
    }
}

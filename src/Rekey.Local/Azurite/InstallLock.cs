namespace Rekey.Local.Azurite;

/// <summary>A lock for one installer at a time over all processes: a file opened exclusively, which the system closes even after a
/// crash.</summary>
internal static class InstallLock
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    public static async Task<IAsyncDisposable> TakeAsync(string path, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        for (var isReported = false; ; isReported = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (!isReported)
                {
                    progress?.Report("Another process is installing Azurite: waiting for it");
                }

                await Task.Delay(Retry, cancellationToken);
            }
        }
    }
}

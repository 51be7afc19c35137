namespace Rekey.AspNetCore.Issuer.Tests.Support;

/// <summary>A new file on a disk that becomes full within a write.</summary>
internal sealed class FullDisk(string path, Func<bool> isFull)
    : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 1)
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // A stream that inherits would call itself through the base.
        var full = isFull();
        RandomAccess.Write(SafeFileHandle, full ? buffer[..(buffer.Length / 2)] : buffer, Length);
        if (full)
        {
            throw new IOException("No space left on device");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}

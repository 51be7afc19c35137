namespace Rekey.DuckDb.Intake.Repairs;

/// <summary>A JSON array as a stream of lines, one for each element: line breaks within an element become blanks.</summary>
internal sealed class ArrayElements(Stream array) : Stream
{
    private int _depth;
    private bool _inString;
    private bool _isEscaped;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = array.Read(buffer);
        for (var i = 0; i < read; i++)
        {
            buffer[i] = Next(buffer[i]);
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            array.Dispose();
        }

        base.Dispose(disposing);
    }

    private byte Next(byte c)
    {
        if (_inString)
        {
            _inString = _isEscaped || c != '"';
            _isEscaped = !_isEscaped && c == '\\';
            return c == '\n' ? (byte)' ' : c;
        }

        switch (c)
        {
            case (byte)'"':
                _inString = true;
                return c;
            case (byte)'{' or (byte)'[':
                return _depth++ == 0 ? (byte)' ' : c;
            case (byte)'}' or (byte)']':
                return --_depth == 0 ? (byte)' ' : c;
            case (byte)',' when _depth == 1:
                return (byte)'\n';
            case (byte)'\n' or (byte)'\r':
                return (byte)' ';
            default:
                return c;
        }
    }
}

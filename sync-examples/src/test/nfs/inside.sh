# What the small machine does first: an NFS server over a disk in memory, /exp, and two hosts' clients, each with a memory of
# its own: /a and /b by NFS 4.2, /a3 and /b3 by NFS 3, with the mount options in NFS_OPTIONS if there are any.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ip link set lo up
mkdir -p /exp /a /b /a3 /b3 /run/rpcbind
mount -t tmpfs -o size=1g exp /exp
mount -t tmpfs state /var/lib/nfs
mkdir -p /var/lib/nfs/v4recovery /var/lib/nfs/rpc_pipefs
touch /var/lib/nfs/etab /var/lib/nfs/rmtab
mount -t nfsd nfsd /proc/fs/nfsd
echo 10 >/proc/fs/nfsd/nfsv4gracetime # so long clients may say what they had open, after the server was away
echo 10 >/proc/fs/nfsd/nfsv4leasetime
echo '/exp *(rw,async,no_root_squash,no_subtree_check,insecure,fsid=0)' >/etc/exports
exportfs -ra
rpcbind -w
rpc.mountd -p 20048
rpc.nfsd 8
options=nosharecache,proto=tcp,port=2049${NFS_OPTIONS:+,$NFS_OPTIONS}
for host in a b; do
  mount -t nfs -o vers=4.2,$options 127.0.0.1:/ /$host
  mount -t nfs -o vers=3,nolock,$options,mountproto=tcp,mountport=20048 127.0.0.1:/exp /${host}3
done
echo >/exp/.seen
for mount in /a /b /a3 /b3; do [ -e $mount/.seen ] || echo "machine: $mount is missing"; done
rm /exp/.seen
echo "machine: up after $(cut -d" " -f1 /proc/uptime) s"
